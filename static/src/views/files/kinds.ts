// What kind of thing a file is for people, by its type: for its icon, its words and what plays it. Pure.

export type Kind = "image" | "video" | "audio" | "pdf" | "text" | "sheet" | "slides" | "archive" | "other";

const OFFICE: readonly [RegExp, Kind][] = [
  [/spreadsheet|ms-excel|csv/, "sheet"],
  [/presentation|powerpoint/, "slides"],
  [/wordprocessing|msword|opendocument\.text|rtf/, "text"],
  [/zip|x-rar|x-7z|x-tar|gzip|bzip2|x-xz|zstd/, "archive"],
];
/** What every browser draws; the server sends it under its own type. */
const DRAWN = new Set(["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"]);
const VIDEOS = new Set(["video/mp4", "video/webm", "video/ogg", "video/quicktime"]);

export function fileKind(mime: string): Kind {
  if (mime === "application/pdf") return "pdf";
  const office = OFFICE.find(([pattern]) => pattern.test(mime));
  if (office !== undefined) return office[1];
  const [first] = mime.split("/");
  if (first === "image" || first === "video" || first === "audio" || first === "text") return first;
  return "other";
}

export function isDrawn(mime: string): boolean {
  return DRAWN.has(mime);
}

/** What the server lets a browser play where it stands. */
export function isPlayedVideo(mime: string): boolean {
  return VIDEOS.has(mime);
}

export function isPlayedSound(mime: string): boolean {
  return mime.startsWith("audio/");
}
