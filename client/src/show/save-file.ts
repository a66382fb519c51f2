/** Hands a file to the browser, which puts it where it puts downloads. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // A browser that has begun to save it keeps it; one that has not yet gets the time to.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
