// The pieces every screen is made of. All words come from the caller; all are reached by keys.
//
//   Icon          name, size = 20, label?               its own strokes; `IconName` lists them
//   Avatar        user_id, size = 40, presence?         20 | 24 | 32 | 40 | 48 | 96; 12 colours by id
//   ChatFace      id, title? | icon?, url?, size?       the face of a chat that is no person's
//   AvatarEditor  whose, url, children = the face       choose, take, crop, remove (import it from its file)
//   Button        kind = plain | main | danger | quiet, icon?, small?, wide?, busy?, + <button>'s
//   IconButton    icon, label, keys?, small?, pressed?, danger?, + <button>'s     (tip and name)
//   CopyButton    text, + Button's                      copies, says so
//   MenuButton    icon, label, items: () => MenuItem[]  opens a menu beside itself
//   useLayers()   openMenu({label, items, at: Element | {x, y}, head?}), toast("…" | {text, undo?, kind?, action?})
//                 MenuItem: {label, run, icon?, keys?, danger?, disabled?, checked?} | "line" | false
//                 toast({text, undo: writing.remove(…)}): the toast stays for as long as undo works
//                 show("switcher" | "keys" | "outbox")
//   useMenuGesture(open)  attributes for a row: right click, menu key, long press → open({x, y})
//   Dialog        title, onClose, footer?, size = small | medium | large, bare?, full? (phone: whole screen)
//   Sheet         the same, small: for choices on a phone
//   Confirm       title, text?, action, danger?, onConfirm, onClose     only for what cannot be undone
//   Panel         title, onClose, head?, actions?, footer?, wide?       the side panel; see below
//   Field         label, hint?, error?, bare?, + <input>'s              TextArea, Select {value, options, onChange}
//   Switch        label, hint?, checked, onChange
//   SegmentedTabs label, value, options: {value, label, icon?, href?, count?}[], onChange?, wide?
//   Restored      onDiscard                             with `useLocalDraft`: says that it was typed before
//   Badge         count, kind = accent | quiet | danger, label?, sign?
//   Dot           label, kind = accent | quiet          that there is something, without a number
//   useFailure()  (error) => void                      says the reason, with the request's id to copy
//   EmptyState    icon?, title, text?, children (the one action), small?
//   Skeleton      rows = 6, kind = list | text | cards                  shown after 150 ms only
//   ErrorState    error, retry?, title?                                 with the request's id to copy
//   Kbd           combo        tip(text, keys?)  attributes: `<a {...tip(t("x"))}>`
//
// Places. A place fills `.shell-place`, a flex row: return a fragment `<><section class="chat">…</section>
// {open && <Panel …>}</>` and the panel stands beside it (≥ 1100 px), over it, or instead of it (phone).
// `/task/7` and `/people/7` open `views/card` and `views/people` as a Panel over the place one was at,
// which stays: so a screen reads its own place by `usePlace("chat")` of hooks/place.ts, not the router's.
// `--head` is the height of a place's header (a `BackButton` belongs in it: shown below 900 px, where the list is not beside it).

export { Avatar, ChatFace, type AvatarProps } from "./avatar.tsx";
export { BackButton } from "./back.tsx";
export { Badge, type BadgeProps, Dot } from "./badge.tsx";
export { Button, IconButton, type ButtonProps, type IconButtonProps } from "./button.tsx";
export { Confirm, type ConfirmProps } from "./confirm.tsx";
export { CopyButton } from "./copy.tsx";
export { Dialog, Sheet, type DialogProps } from "./dialog.tsx";
export { useFailure } from "./failure.ts";
export { Field, Select, Switch, TextArea } from "./field.tsx";
export { Icon, type IconName } from "./icon.tsx";
export { Kbd } from "./keyboard.tsx";
export { useLayers, type Choice, type Layers, type MenuAsked, type MenuItem } from "./layers.ts";
export { MenuButton, useMenuGesture } from "./menu.tsx";
export { Panel, type PanelProps } from "./panel.tsx";
export { Restored } from "./restored.tsx";
export { EmptyState, ErrorState, Refused, RequestId, Skeleton } from "./states.tsx";
export { SegmentedTabs, type Option } from "./tabs.tsx";
export { tip } from "./tips.tsx";
