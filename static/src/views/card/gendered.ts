// Verbs of the past that agree with who acted: «[перенёс|перенесла|перенёс(ла)]». Nobody is asked
// for their gender; Russian surnames say it, and where one does not, the third form is used. Pure.

const SHE = /(?:[оеё]ва|[иы]на|[сц]кая|ая)$/i;
const HE = /(?:[оеё]в|[иы]н|[сц]кий|ый|ой)$/i;
const FORMS = /\[([^\]|]*)\|([^\]|]*)\|([^\]]*)\]/g;

export function gendered(sentence: string, name: string): string {
  const words = name.split(/\s+/);
  const she = words.some((word) => word.length > 4 && SHE.test(word));
  const he = words.some((word) => word.length > 3 && HE.test(word));
  return sentence.replace(FORMS, (_all, him: string, her: string, either: string) => {
    if (she === he) return either;
    return she ? her : him;
  });
}
