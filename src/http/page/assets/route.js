// The part of the page that its address names: `#/ACCOUNT/VIEW/ID`.

import { useEffect, useState } from "./html.js";

export const VIEWS = ["files", "requests", "tickets", "controls", "connect"];

export function parse(hash) {
  const [account, view, ...id] = hash.replace(/^#\/?/, "").split("/").map(decode);
  return {
    // The server folds the case of a name too.
    account: account.toLowerCase() || null,
    view: VIEWS.includes(view) ? view : "files",
    id: id.length ? id.join("/") : null,
  };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function href(account, view, id) {
  const parts = [account, view, id].filter((part) => part != null && part !== "");
  return `#/${parts.map((part) => encodeURIComponent(part)).join("/")}`;
}

export function useRoute() {
  const [route, set] = useState(() => parse(location.hash));
  useEffect(() => {
    const changed = () => set(parse(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
