// The icons of the page.

import { html } from "./html.js";

const PATHS = {
  files: "M6 3h8l4 4v14H6zM14 3v4h4",
  requests: "M4 7h13l-3-3M20 17H7l3 3",
  tickets: "M4 5h16v11H10l-4 4v-4H4z",
  controls: "M5 4v6m0 4v6M12 4v3m0 4v9M19 4v9m0 4v3M3 12h4M10 9h4M17 15h4",
  connect: "M8 8l-4 4 4 4M16 8l4 4-4 4M13.5 6l-3 12",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  text: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h4",
  audio: "M9 18V6l9-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM18 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  video: "M4 6h11v12H4zM15 10l5-3v10l-5-3z",
  pdf: "M6 3h8l4 4v14H6zM14 3v4h4M9 17v-5h1.5a1.5 1.5 0 0 1 0 3H9",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  check: "M5 13l4 4L19 7",
  close: "M6 6l12 12M18 6L6 18",
  open: "M9 5l7 7-7 7",
  back: "M15 5l-7 7 7 7",
  clip: "M8 12l6-6a3 3 0 0 1 4.5 4.5l-8 8a5 5 0 0 1-7-7L11 4",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16 16l5 5",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19",
  moon: "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z",
  auto: "M12 3a9 9 0 1 1 0 18zM12 3a9 9 0 1 0 0 18z",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
};

export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d=${PATHS[name] ?? PATHS.file} />
  </svg>`;
}
