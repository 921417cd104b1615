// Where one file at a time is moved, zoomed and swiped by hands. PhotoSwipe has the gestures; what is in
// a slide is ours.

import PhotoSwipe, { type SlideData } from "photoswipe";
import { Figure } from "./figure.ts";
import type { Item } from "./strip.ts";

export interface Hands {
  onChange(index: number): void;
  onZoom(times: number): void;
  onTap(): void;
  onClosed(): void;
  /** What stands in a slide instead of its picture. */
  instead(item: Item): HTMLElement | null;
}

type Slide = NonNullable<PhotoSwipe["currSlide"]>;

const MOST_TIMES = 8;
const STEP = 1.5;
const CALM_MS = 180;
/** CSS pixels: a phone is narrower, and its pictures have all of it. */
const PHONE = 700;
/** The bar's height. */
const BAR = 56;
/** Where a video has its controls: a drag there is meant for them. */
const CONTROLS = 72;

export class Stage {
  readonly #items: Item[];
  readonly #hands: Hands;
  readonly #swipe: PhotoSwipe;
  readonly #figures = new WeakMap<Item, Figure>();
  #ended = false;

  constructor(box: HTMLElement, items: Item[], index: number, hands: Hands) {
    this.#items = items;
    this.#hands = hands;
    this.#swipe = new PhotoSwipe({
      index,
      appendToEl: box,
      ...WITHOUT_ITS_OWN,
      loop: false,
      bgOpacity: 1,
      paddingFn: ({ x }) => ({ top: x > PHONE ? BAR : 0, bottom: 0, left: 0, right: 0 }),
      spacing: 0.04,
      preload: [1, 2],
      wheelToZoom: true,
      showHideAnimationType: "zoom",
      showAnimationDuration: CALM_MS,
      hideAnimationDuration: CALM_MS,
      zoomAnimationDuration: CALM_MS,
      imageClickAction: false,
      bgClickAction: "close",
      doubleTapAction: "zoom",
      tapAction: () => hands.onTap(),
      secondaryZoomLevel: ({ fit }) => fit * 2.5,
      maxZoomLevel: ({ fit }) => Math.max(2, fit * MOST_TIMES),
    });
    this.#fill();
    this.#follow();
    this.#swipe.init();
    // Roles in English; the dialog around it has its own.
    for (const each of box.querySelectorAll("[role], [aria-roledescription]")) {
      each.removeAttribute("role");
      each.removeAttribute("aria-roledescription");
    }
    box.addEventListener("dblclick", (event) => this.#double(event));
  }

  #fill(): void {
    const swipe = this.#swipe;
    swipe.addFilter("numItems", () => this.#items.length);
    swipe.addFilter("itemData", (_, index) => this.#dataOf(index));
    swipe.addFilter("isContentZoomable", (_, { data }) => this.#figureOf(data).zooms);
    // Without one there is no growing from the picture that was clicked.
    swipe.addFilter("useContentPlaceholder", (_, { data }) => this.#figureOf(data).zooms);
    swipe.addFilter("thumbEl", (_, data) => pictureOf((data as Data).item) as HTMLElement);
    swipe.on("contentLoad", (event) => {
      event.preventDefault();
      event.content.element = this.#figureOf(event.content.data).element;
      event.content.state = "loaded";
    });
    swipe.on("afterSetContent", ({ slide }) => {
      const { element } = slide.content;
      // PhotoSwipe waits for the end of its opening.
      if (element && !element.parentNode) slide.container.append(element);
    });
    swipe.on("contentResize", (event) => {
      event.preventDefault();
      this.#figureOf(event.content.data).resize(event.width, event.height);
    });
    swipe.on("contentDestroy", ({ content }) => {
      // Of the photos one has passed only the nearest are kept.
      if (content.element?.isConnected !== true) this.#figures.delete((content.data as Data).item);
    });
    swipe.on("contentActivate", ({ content }) => this.#figureOf(content.data).enter());
    swipe.on("contentDeactivate", ({ content }) => this.#figureOf(content.data).leave());
  }

  #follow(): void {
    const swipe = this.#swipe;
    swipe.on("change", () => {
      this.#hands.onChange(swipe.currIndex);
      this.#hands.onZoom(1);
    });
    swipe.on("zoomPanUpdate", ({ slide }) => this.#hands.onZoom(timesOf(slide)));
    swipe.on("pointerDown", (event) => {
      if (isMeantForElement(event.originalEvent)) event.preventDefault();
    });
    swipe.on("destroy", () => {
      if (!this.#ended) this.#hands.onClosed();
    });
  }

  next = (): void => this.#swipe.next();
  previous = (): void => this.#swipe.prev();
  goTo = (index: number): void => this.#swipe.goTo(index);
  close = (): void => this.#swipe.close();

  /** Taken off the screen by somebody else: there is nothing to be said to. */
  end(): void {
    this.#ended = true;
    this.#swipe.destroy();
  }

  get index(): number {
    return this.#swipe.currIndex;
  }

  zoomIn = (): void => this.#zoom(STEP);
  zoomOut = (): void => this.#zoom(1 / STEP);
  zoomOff = (): void => this.#swipe.zoomTo(this.#swipe.currSlide?.zoomLevels.initial ?? 1, undefined, this.#calm);

  #zoom(by: number): void {
    const slide = this.#swipe.currSlide;
    if (slide) this.#swipe.zoomTo(slide.currZoomLevel * by, undefined, this.#calm);
  }

  get #calm(): number {
    return this.#swipe.options.zoomAnimationDuration || 0;
  }

  #double(event: MouseEvent): void {
    const { target, clientX: x, clientY: y } = event;
    if (target instanceof Element && target.closest("img")) this.#swipe.currSlide?.toggleZoom({ x, y });
  }

  /** A quarter clockwise. */
  turn = (): void => {
    const item = this.#items[this.index];
    if (item === undefined || !this.#figure(item).zooms) return;
    item.turns += 1;
    this.redraw(item);
  };

  /** Play or stop what plays. */
  play = (): void => {
    const item = this.#items[this.index];
    if (item !== undefined) this.#figure(item).play();
  };

  /** Make a slide anew: what is in it, or its shape, is another. */
  redraw(item: Item, afresh = false): void {
    if (afresh) this.#figures.delete(item);
    const index = this.#items.indexOf(item);
    if (Math.abs(index - this.index) <= 1) this.#swipe.refreshSlideContent(index);
    else this.#swipe.contentLoader.removeByIndex(index);
  }

  /** So many items have come before all others, or only after them. */
  grew(before: number): void {
    const swipe = this.#swipe;
    if (before > 0) this.#shift(before);
    const { itemHolders } = swipe.mainScroll;
    if (!swipe.opener.isOpen || swipe.mainScroll.isShifted()) return;
    for (const [at, by] of [[0, -1], [2, 1]] as const) {
      const holder = itemHolders[at];
      if (holder && !holder.slide) swipe.setContent(holder, swipe.currIndex + by);
    }
    swipe.appendHeavy();
    swipe.contentLoader.updateLazy();
  }

  /** PhotoSwipe knows its slides by number: all of them count on. */
  #shift(by: number): void {
    const swipe = this.#swipe;
    const held = swipe.mainScroll.itemHolders.flatMap(({ slide }) => slide ?? []);
    const kept = new Set(held.map(({ index }) => index));
    for (let index = 0; index < this.#items.length - by; index++) {
      if (!kept.has(index)) swipe.contentLoader.removeByIndex(index);
    }
    swipe.currIndex += by;
    swipe.potentialIndex += by;
    for (const slide of held) {
      slide.index += by;
      slide.content.index += by;
    }
  }

  #dataOf(index: number): Data {
    const item = this.#items[index];
    if (item === undefined) return { item: NOTHING };
    const { width, height } = item.file;
    const shape = this.#figure(item).zooms && width && height ? { width, height } : {};
    const turned = item.turns % 2 === 1 && shape.width ? { width: shape.height, height: shape.width } : shape;
    return { item, thumbCropped: true, ...turned };
  }

  #figureOf(data: SlideData): Figure {
    return this.#figure((data as Data).item);
  }

  #figure(item: Item): Figure {
    let figure = this.#figures.get(item);
    if (figure === undefined) {
      figure = new Figure(item, this.#hands.instead(item), () => this.redraw(item, true));
      this.#figures.set(item, figure);
    }
    return figure;
  }
}

type Data = SlideData & { item: Item };

const NOTHING: Item = { file: { id: "", name: "", mime: "", size: 0 }, chat_id: null, seq: null, task_id: null, attached_at: null, turns: 0 };

/** Keys, focus and buttons are the client's. */
const WITHOUT_ITS_OWN = {
  escKey: false,
  arrowKeys: false,
  trapFocus: false,
  returnFocus: false,
  close: false,
  zoom: false,
  counter: false,
  arrowPrev: false,
  arrowNext: false,
  preloader: false,
} as const;

function timesOf({ currZoomLevel, zoomLevels }: Slide): number {
  return currZoomLevel / zoomLevels.initial;
}

/** The picture on the screen below that shows the same file. */
function pictureOf({ file }: Item): Element | undefined {
  const found = document.querySelectorAll(`[data-file="${CSS.escape(file.id)}"] img`);
  return [...found].find((each) => each.closest("dialog") === null) ?? undefined;
}

function isMeantForElement({ target, clientY }: PointerEvent | MouseEvent | TouchEvent & { clientY?: number }): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("a, button") !== null) return true;
  const video = target.closest("video")?.getBoundingClientRect();
  return video !== undefined && clientY !== undefined && clientY > video.bottom - CONTROLS;
}
