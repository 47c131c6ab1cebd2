/** .NET's words about calls, which its clients and their users know. */
export const callTexts = {
  unknown: (target: string) => `Unknown hub method '${target}'`,
  streaming: (target: string) =>
    `The client attempted to invoke the streaming '${target}' method with a non-streaming invocation.`,
  notStreaming: (target: string) =>
    `The client attempted to invoke the non-streaming '${target}' method with a streaming invocation.`,
  badArguments: (target: string) => `Failed to invoke '${target}' due to an error on the server.`,
  failed: (target: string) => `An unexpected error occurred invoking '${target}' on the server.`,
  idInUse: (id: string) => `Invocation ID '${id}' is already in use.`,
  /** Ours: .NET knows no cancellation of what has not begun. */
  canceled: "Invocation canceled.",
  tooManyStreams: "rate_limited: Too many streams of this connection",
};
