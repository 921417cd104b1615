// Pieces for whatever shows files. All take a `ShownFile`: a `File` of the server, or what waits on this
// device with `url`, the address of its bytes.
//
//   FileRow       file, onOpen?, about?, action?, aside?   icon or picture, name, size, saving
//   Thumb         file, size = 48                          24 | 32 | 48 | 56 | 72; the icon where there is no picture
//   FileTile      file                                     the icon alone: fills its place
//   FileName      name                                     one line, cut in the middle
//   saving(file)  attributes of a link that saves it
//   fileUrl(id), previewUrl(id, 320 | 1600), sourceSet(file), squareUrl(file)
//   fileKind(mime), arranged(files), isPhoto(file), isPicture(file), isSound(file),
//   isViewed(file), viewedOf(files)                        what the viewer shows
//   averageColour(placeholder), placeholderUrl(placeholder)
//   wordsOfFiles(files, words, {sizes?})                  «3 фото, договор.pdf»
//   shortened(name, longest), extensionOf(name)
//   Sound         file, spot?, aside?                      a voice message or music, with its player
// Sizes in words: `useWords().size(bytes)`.

export { fileUrl, previewUrl, sourceSet, squareUrl } from "./addresses.ts";
export { FileName } from "./file-name.tsx";
export { fileKind, type Kind } from "./kinds.ts";
export { extensionOf, shortened } from "./name.ts";
export { averageColour, placeholderUrl } from "./placeholder.ts";
export { FileRow, type FileRowProps, saving } from "./row.tsx";
export { Sound, type SoundProps } from "./player-sound.tsx";
export { type Arranged, arranged, isPhoto, isPicture, isSound, isViewed, type ShownFile, viewedOf } from "./shown.ts";
export { Thumb, type ThumbProps } from "./thumb.tsx";
export { FileTile } from "./tile.tsx";
export { wordsOfFiles } from "./words.ts";
