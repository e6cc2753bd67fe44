// The options of WITH and COPY, taken one by one; what nobody took is refused.
import { type Duration, micros } from '../base/index.ts'
import { suggestion } from '../expr/index.ts'
import { invalid, type Option, type Options, within } from '../sql/index.ts'

export class OptionReader {
  readonly #options: Options
  readonly #text: string
  readonly #known = new Set<string>()

  /** @param text of the whole script, for messages */
  constructor(options: Options, text: string) {
    this.#options = options
    this.#text = text
  }

  text(name: string): string | undefined {
    return this.#take(name)?.value
  }

  required(name: string, fix: string): string {
    return this.text(name) ?? invalid(this.#text, undefined, `the option ${name} is missing`, fix)
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    const option = this.#take(name)
    if (option === undefined) return undefined
    return known.find(each => each === option.value) ?? this.#refuse(name, option, `write one of: ${known.join(', ')}`)
  }

  flag(name: string): boolean | undefined {
    const value = this.oneOf(name, ['true', 'false', 'on', 'off', '1', '0'])
    return value === undefined ? undefined : ['true', 'on', '1'].includes(value)
  }

  number(name: string): number | undefined {
    const option = this.#take(name)
    if (option === undefined) return undefined
    const value = Number(option.value)
    return Number.isFinite(value) && option.value.trim() !== '' ? value : this.#refuse(name, option, 'write a number')
  }

  duration(name: string): Duration | undefined {
    const option = this.#take(name)
    if (option === undefined) return undefined
    within(this.#text, option.byte, () => micros(option.value as Duration))
    return option.value as Duration
  }

  /** A list: 'a, b'. */
  list(name: string): readonly string[] | undefined {
    return this.text(name)
      ?.split(',')
      .map(each => each.trim())
  }

  /** Do `task`: what it fails with is told with the place of the option. */
  at<T>(name: string, task: () => T): T {
    return within(this.#text, this.#options.get(name)?.byte, task)
  }

  refuse(name: string, fix: string): never {
    const option = this.#options.get(name)
    return option === undefined
      ? invalid(this.#text, undefined, `the option ${name} is missing`, fix)
      : this.#refuse(name, option, fix)
  }

  /** Options of these names mean nothing here. */
  passOver(names: RegExp): void {
    for (const name of this.#options.keys()) if (names.test(name)) this.#known.add(name)
  }

  /** What was not asked for is a mistake. */
  end(of: string): void {
    for (const [name, { byte }] of this.#options) {
      if (this.#known.has(name)) continue
      invalid(this.#text, byte, `${of} has no option ${name}`, suggestion(name, [...this.#known], 20))
    }
  }

  #take(name: string): Option | undefined {
    this.#known.add(name)
    return this.#options.get(name)
  }

  #refuse(name: string, { value, byte }: Option, fix: string): never {
    return invalid(this.#text, byte, `${name} can't be '${value}'`, fix)
  }
}

/** What is given, without what is undefined. */
export function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
