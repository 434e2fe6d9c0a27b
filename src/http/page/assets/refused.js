// Refused requests, by what they would have done.

export const isRefused = (entry) => entry.status == null || entry.status >= 400;

/**
 * The refused requests that would have made or changed a ticket. One with a wrong method or a
 * misspelt path has no route.
 */
export const isRefusedTicket = (entry) =>
  isRefused(entry) &&
  ["POST", "PUT", "PATCH"].includes(entry.method) &&
  /^[^?]*\/(tickets?|requests?)(\.json)?(\/|\?|$)/.test(entry.path);

/** Whether one of them was sent to a ticket, or to its comments. */
export const isRefusedChange = (entry, id) =>
  isRefusedTicket(entry) &&
  new RegExp(`^[^?]*/(tickets?|requests?)/${id}(\\.json)?(/comments?[^?]*)?(\\?|$)`).test(entry.path);

/** Whether a request was sent to an upload URL. */
export const isPut = ({ route }) => route?.startsWith("/aus-uploaded-assets/") ?? false;

/** Whether a request would have given an image its path. */
export const isPublication = ({ method, route }) => method === "POST" && route === "/api/v2/guide/user_images";

/** The refused requests that would have brought a file further. */
export const isRefusedFile = (entry) =>
  isRefused(entry) &&
  (isPut(entry) || (["POST", "PUT"].includes(entry.method) && /\/(uploads?|user_images?)(\.json)?(\?|\/|$)/.test(entry.path)));

/** The last part of an upload URL is the token of its image. */
export const tokenOf = ({ path }) => path.split("?")[0].split("/").pop();
