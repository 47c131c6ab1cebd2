/** Ways a notification goes out. */
export const deliveryChannels = ["inApp", "email"] as const;
export type DeliveryChannel = (typeof deliveryChannels)[number];

/** Status → what it tells whoever asks why something did or did not arrive. */
export const deliveryStatuses = {
  queued: "Waits to be handed to the mail server; dueAt says when it is tried next",
  sent: "In the inbox, or accepted by the mail server",
  read_first: "Read in the inbox before the mail went out",
  muted: "The chat is muted",
  preference: "The person does not want it this way",
  not_asked: "Neither the sender nor the category asked for this delivery channel",
  no_address: "No e-mail address is known",
  held: "Waits for the end of quiet hours or of a pause; heldUntil says when",
  folded: "Went into a digest",
  duplicate: "Another delivery had said it already",
  expired: "Its time was over before it went out",
  cancelled: "Deleted or withdrawn before it went out",
  suppressed: "The address is on the suppression list",
  bounced: "Accepted, then returned by the receiving side",
  failed: "Given up; detail has the mail server's words",
  caught: "Kept by the local catcher: no mail server is configured",
  not_configured: "No mail server is configured, and the catcher is off",
  waiting: "From before the database was restored or moved: an operator releases or cancels it",
} as const;
export type DeliveryStatus = keyof typeof deliveryStatuses;

export const deliveryKinds = ["notification", "digest", "away", "test"] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];
