// A stable name for what a sub-plan computes: state is named by it, so that a changed query finds the state of the
// parts that did not change. The text is canonical JSON-like; what does not change results (which columns a source
// decodes) is left out. Hash the plan as written, before rules: rules may improve from release to release.
import { kindOfNode } from './kinds/index.ts'
import { list } from './kinds/texts.ts'
import type { Node } from './node.ts'
import { inputsOf } from './walk.ts'

const known = new WeakMap<Node, string>()

/** 128 bits as 32 hexadecimal digits. */
export function planHash(node: Node): string {
  const found = known.get(node)
  if (found !== undefined) return found
  const made = fnv1a128(canonicalPlan(node))
  known.set(node, made)
  return made
}

/** The text that is hashed: equal exactly when two sub-plans compute the same in the same way. Inputs are their hashes. */
export function canonicalPlan(node: Node): string {
  return list(node.kind, ...inputsOf(node).map(planHash), ...kindOfNode(node).parts(node, planHash))
}

const ENCODER = new TextEncoder()
const BASIS = 0x6c62272e07bb014262b821756295c58dn
const PRIME = 0x0000000001000000000000000000013bn
const MASK = (1n << 128n) - 1n

/** FNV-1a, 128 bits (RFC 9923), of the text's UTF-8 bytes. */
export function fnv1a128(text: string): string {
  let hash = BASIS
  for (const byte of ENCODER.encode(text)) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK
  return hash.toString(16).padStart(32, '0')
}
