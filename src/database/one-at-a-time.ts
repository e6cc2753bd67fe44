// Statements that change rows are done one after another, whoever asks: what one has looked at is still so when it changes it.
import type { Place } from './place.ts'

const last = new WeakMap<Place['relations'], Promise<unknown>>()

export function oneAtATime<T>({ relations }: Pick<Place, 'relations'>, task: () => Promise<T>): Promise<T> {
  const before = last.get(relations) ?? Promise.resolve()
  const mine = before.then(task, task)
  last.set(relations, mine)
  return mine
}
