// Pictures one has seen, to see them again without a connection: faces and previews, none of which
// changes under its address. So many of each at the most, the oldest go first.

/** By cache: `app/kept.ts` removes them when nobody is signed in. */
const KINDS = [
  { cache: "faces", address: /^\/api\/v1\/files\/avatars\//, most: 400 },
  // About 40 MB: a small one has 10 kB, a large one 150 kB.
  { cache: "previews", address: /^\/api\/v1\/files\/[\w-]+\/preview$/, most: 500 },
];
const SIZES = ["320", "1600"];
/** So many more, before the oldest are looked for. */
const SLACK = 20;

type Kind = (typeof KINDS)[number];

export const PICTURES = new Set(KINDS.map(({ cache }) => cache));
let added = 0;

/** What answers for a picture; null for all else. */
export function picture(event: FetchEvent, { pathname }: URL): Promise<Response> | null {
  const kind = KINDS.find(({ address }) => address.test(pathname));
  return kind === undefined ? null : seen(event, kind);
}

async function seen(event: FetchEvent, kind: Kind): Promise<Response> {
  const { request } = event;
  const cache = await caches.open(kind.cache);
  const found = await cache.match(request.url);
  if (found !== undefined) return found;
  try {
    // In one place only: what a sign-out removes is then gone.
    const answer = await fetch(request, { cache: "no-store" });
    if (answer.ok) event.waitUntil(keep(cache, request.url, answer.clone(), kind.most));
    return answer;
  } catch (error) {
    const other = await inAnotherSize(cache, request.url);
    if (other === undefined) throw error;
    return other;
  }
}

/** Coarser or larger than asked for: better than none. */
async function inAnotherSize(cache: Cache, url: string): Promise<Response | undefined> {
  const address = new URL(url);
  const asked = address.searchParams.get("size");
  for (const size of SIZES.filter((each) => each !== asked)) {
    address.searchParams.set("size", size);
    const found = await cache.match(address.href);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function keep(cache: Cache, url: string, answer: Response, most: number): Promise<void> {
  try {
    await cache.put(url, answer);
  } catch {
    // No room on the device: it is fetched again.
    return;
  }
  added += 1;
  if (added % SLACK !== 1) return;
  const urls = await cache.keys();
  // They come in the order in which they were put.
  await Promise.all(urls.slice(0, Math.max(0, urls.length - most)).map((each) => cache.delete(each)));
}
