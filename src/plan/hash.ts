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
let room = new Uint8Array(4096)

/** The bytes of a text, until the next one: an array for each would cost more than its hash. */
function utf8(text: string): Uint8Array {
  if (text.length * 3 > room.length) room = new Uint8Array(text.length * 6)
  return room.subarray(0, ENCODER.encodeInto(text, room).written)
}

const BASIS = [0x6295c58d, 0x62b82175, 0x07bb0142, 0x6c62272e] as const
/** The prime is 2^88 + 0x13b. */
const LOW = 0x13b
const LIMB = 2 ** 32

/** FNV-1a, 128 bits (RFC 9923), of the text's UTF-8 bytes; in four limbs of 32 bits, the least first. */
export function fnv1a128(text: string): string {
  let [a, b, c, d] = BASIS as readonly [number, number, number, number]
  for (let at = 0, bytes = utf8(text); at < bytes.length; at++) {
    const low = (a ^ (bytes[at] as number)) >>> 0
    const t0 = low * LOW
    const t1 = b * LOW + Math.floor(t0 / LIMB)
    const t2 = c * LOW + Math.floor(t1 / LIMB) + ((low << 24) >>> 0)
    const t3 = d * LOW + Math.floor(t2 / LIMB) + (((low >>> 8) | (b << 24)) >>> 0)
    a = t0 >>> 0
    b = t1 >>> 0
    c = t2 >>> 0
    d = t3 >>> 0
  }
  return [d, c, b, a].map(limb => limb.toString(16).padStart(8, '0')).join('')
}
