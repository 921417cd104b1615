// What is in one slide: a photo that becomes sharper as it comes nearer, a video, or what stands for
// a file that is not looked at. Elements by hand: PhotoSwipe moves them at every frame.

import { fileUrl, previewUrl } from "../files/addresses.ts";
import { isDrawn, isPlayedVideo } from "../files/kinds.ts";
import { placeholderUrl } from "../files/placeholder.ts";
import { isPhoto } from "../files/shown.ts";
import type { Item } from "./strip.ts";

/** The longer side of the larger preview, in pixels. */
const PREVIEW = 1600;
/** A little larger than it is nobody sees. */
const ENOUGH = 1.2;

export class Figure {
  readonly #item: Item;
  readonly #failed: () => void;
  readonly element = document.createElement("div");
  readonly #turning = document.createElement("div");
  readonly zooms: boolean;
  readonly #video: HTMLVideoElement | null = null;
  #sharp = false;
  #entered = false;
  /** CSS pixels of its longer side. */
  #longer = 0;

  constructor(item: Item, instead: HTMLElement | null, failed: () => void) {
    this.#item = item;
    this.#failed = failed;
    this.zooms = instead === null && isPhoto(item.file);
    this.element.className = "viewer-figure";
    if (instead !== null) this.element.append(instead);
    else if (this.zooms) this.#photo();
    else if (isPlayedVideo(item.file.mime)) this.element.append((this.#video = this.#film()));
  }

  #photo(): void {
    const { file } = this.#item;
    this.element.append(this.#turning);
    this.#turning.className = "viewer-turning";
    const colours = placeholderUrl(file.placeholder);
    if (colours !== null) this.#turning.style.backgroundImage = `url(${colours})`;
    // A moving one moves.
    if (file.url || file.mime === "image/gif") {
      this.#sharp = true;
      this.#picture(file.url ?? fileUrl(file.id), true);
    } else this.#picture(previewUrl(file.id, PREVIEW), true);
  }

  /** Over what is there already, once it is here. */
  #picture(source: string, first: boolean): void {
    const image = document.createElement("img");
    image.className = "pswp__img viewer-image";
    image.alt = first ? this.#item.file.name : "";
    image.draggable = false;
    image.decoding = "async";
    image.onload = () => {
      image.dataset["here"] = "";
      this.#turning.style.backgroundImage = "";
    };
    image.onerror = () => {
      image.remove();
      if (first) {
        this.#item.failed = true;
        this.#failed();
      }
    };
    image.src = source;
    this.#turning.append(image);
  }

  #film(): HTMLVideoElement {
    const { file } = this.#item;
    const video = document.createElement("video");
    video.className = "viewer-video";
    video.controls = true;
    video.playsInline = true;
    video.preload = "metadata";
    video.setAttribute("aria-label", file.name);
    video.onerror = () => {
      this.#item.failed = true;
      this.#failed();
    };
    video.src = file.url ?? fileUrl(file.id);
    return video;
  }

  /** CSS pixels of the slide, as they are shown when nothing is being moved. */
  resize(width: number, height: number): void {
    const { style } = this.element;
    style.width = `${width}px`;
    style.height = `${height}px`;
    if (!this.zooms) return;
    const { turns } = this.#item;
    const across = turns % 2 === 1;
    const turning = this.#turning.style;
    turning.width = `${across ? height : width}px`;
    turning.height = `${across ? width : height}px`;
    turning.transform = `translate(-50%, -50%) rotate(${turns * 90}deg)`;
    this.#longer = Math.max(width, height);
    this.#sharpen();
  }

  /** The photo as it was sent, where one looks at more of it than the preview has. */
  #sharpen(): void {
    const { file } = this.#item;
    const whole = Math.max(file.width ?? 0, file.height ?? 0);
    const shown = Math.min(whole, this.#longer * devicePixelRatio);
    if (this.#sharp || !this.#entered || !this.zooms || shown < PREVIEW * ENOUGH || !isDrawn(file.mime)) return;
    this.#sharp = true;
    this.#picture(fileUrl(file.id), false);
  }

  enter(): void {
    this.#entered = true;
    this.#sharpen();
    if (this.#video !== null && this.#item.plays) void this.#video.play().catch(() => {});
  }

  leave(): void {
    this.#video?.pause();
  }

  play(): void {
    const video = this.#video;
    if (video === null) return;
    if (video.paused) void video.play().catch(() => {});
    else video.pause();
  }
}
