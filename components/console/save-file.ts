/** Hands a text to the browser as a file to keep. */
export function saveFile(name: string, contentType: string, body: string): void {
  const address = URL.createObjectURL(new Blob([body], { type: contentType }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
