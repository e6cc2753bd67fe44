// Three-valued logic: null is "not known". false AND unknown is false; true OR unknown is true. Arguments are
// looked at from left to right, and only where the ones before leave the answer open.
import type { Entry } from './entry.ts'

export const booleans: readonly Entry[] = [
  {
    name: 'and',
    family: 'boolean',
    nulls: 'custom',
    form: 'and',
    signature: 'and(boolean, …) → boolean',
    infix: 'AND',
    overloads: [],
    doc: 'True where all are true, false where one is false, else null. Later arguments are computed only where the earlier are not false.',
    example: 'true AND null → null',
  },
  {
    name: 'or',
    family: 'boolean',
    nulls: 'custom',
    form: 'or',
    signature: 'or(boolean, …) → boolean',
    infix: 'OR',
    overloads: [],
    doc: 'True where one is true, false where all are false, else null. Later arguments are computed only where the earlier are not true.',
    example: 'true OR null → true',
  },
  {
    name: 'not',
    family: 'boolean',
    nulls: 'strict',
    infix: 'NOT',
    overloads: [{ args: ['boolean'], result: 'boolean', kernel: 'notBits', total: true, twin: (a: boolean) => !a }],
    doc: 'The other truth value; null stays null.',
    example: 'NOT true → false',
  },
]
