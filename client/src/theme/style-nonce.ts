/** What signs the console's own styles for the content security policy; empty where a development server serves the page. */
export function styleNonce(): { nonce?: string } {
  // Browsers hide the attribute from whoever reads the markup, and keep it as a property.
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
  return nonce === undefined ? {} : { nonce };
}
