/** What signs the console's own styles for the content security policy; undefined where a development server serves the page. */
export function styleNonce(): string | undefined {
  // Browsers hide the attribute from whoever reads the markup, and keep it as a property.
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
}
