// Actions that change something: how they fail, and the question before one that destroys.

import { html, useEffect, useRef, useState } from "./html.js";
import { useStore } from "./store.js";

/** Runs an action, and says how it failed. `busy` is true while it runs. */
export function useAction() {
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const run = async (action) => {
    setBusy(true);
    setProblem(null);
    try {
      return await action();
    } catch (error) {
      setProblem(error.message);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { run, problem, busy };
}

export function Problem({ text }) {
  return html`<p class="problem" role="alert">${text}</p>`;
}

/** A button for an action that destroys something. It asks once. */
export function Confirm({ label, question, onConfirm }) {
  const { link } = useStore();
  const [asking, setAsking] = useState(false);
  const group = useRef();
  const cancel = useRef();
  const button = useRef();
  // What was pressed has the focus again.
  const close = () => {
    setAsking(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  const press = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
  useEffect(() => {
    if (!asking) return undefined;
    cancel.current?.focus({ preventScroll: true });
    group.current?.scrollIntoView({ block: "nearest" });
    // Another action answers the question too.
    const leave = (event) => {
      if (!group.current?.contains(event.target)) setAsking(false);
    };
    document.addEventListener("click", leave, true);
    document.addEventListener("submit", leave, true);
    return () => {
      document.removeEventListener("click", leave, true);
      document.removeEventListener("submit", leave, true);
    };
  }, [asking]);
  if (!asking) {
    return html`<button
      type="button"
      class="danger"
      ref=${button}
      disabled=${link === "away"}
      onClick=${() => setAsking(true)}
    >
      ${label}
    </button>`;
  }
  const confirm = () => {
    setAsking(false);
    onConfirm();
  };
  return html`<span class="confirm" role="group" aria-label=${question} ref=${group} onKeyDown=${press}>
    <span>${question}</span>
    <button type="button" class="danger" disabled=${link === "away"} onClick=${confirm}>Yes, ${label.toLowerCase()}</button>
    <button type="button" ref=${cancel} onClick=${close}>Cancel</button>
  </span>`;
}
