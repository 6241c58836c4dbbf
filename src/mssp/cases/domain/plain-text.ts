/** Text as a person typed it, without control and formatting characters other than line breaks and tabs. */
export function plainText(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{C}/gu, '').trim();
}
