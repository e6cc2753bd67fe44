export function declarations(text: string): Map<string, () => string>
export function kernelsInterface(exported: readonly { name: string; kind: string }[], text: string): string
