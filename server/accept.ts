/** Whether an `Accept` header asks for an event stream by name (RFC 9110, 12.5.1): in any letter case, and not to be left out (`q=0`). */
export function acceptsEventStream(accept = ""): boolean {
  return accept.split(",").some((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    return type === "text/event-stream" && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
