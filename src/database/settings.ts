// SET and SHOW: how the statements that follow are run. Each setting is a name, a check, and the value when nothing is said.
import { fail } from '../base/index.ts'
import type { Mode } from '../data/index.ts'
import { nearest, suggestion } from '../expr/index.ts'
import { ON_CHANGE, type RunOptions } from '../runtime/index.ts'
import { triggerOf } from '../time/index.ts'
import { type Emit, emitOf } from './emit.ts'

interface Setting {
  readonly preset: string
  readonly help: string
  /** True, or what may have been meant: it is not a value that it takes. */
  readonly takes: (value: string) => true | string
}

const oneOf =
  (...known: readonly string[]) =>
  (value: string): true | string => {
    if (known.includes(value)) return true
    const near = nearest(value, known)
    return near === undefined ? '' : `did you mean ${near}?`
  }

const like =
  (pattern: RegExp) =>
  (value: string): true | string =>
    pattern.test(value) || ''

/** A text that says when windows are told. */
const isEmit =
  (name: string) =>
  (value: string): true | string => {
    let hint = ''
    const refuse = (option: string, fix: string): never => {
      hint = fix
      return refuseEmit(option, fix)
    }
    try {
      emitOf({ text: each => (each === name && value !== '' ? value : undefined), refuse })
      return true
    } catch {
      return hint
    }
  }

const refuseEmit = (option: string, fix: string): never =>
  fail('BAD_OPTION', { option, of: 'SET', reason: 'it does not go with the others', fix })

const SETTINGS: Readonly<Record<string, Setting>> = {
  mode: { preset: 'batch', help: 'batch, or stream: epoch by epoch', takes: oneOf('batch', 'stream') },
  until: { preset: 'now', help: 'now, or forever: INSERT goes on', takes: oneOf('now', 'forever') },
  epoch_rows: { preset: '', help: 'rows of each source in an epoch', takes: like(/^([1-9]\d{0,8})?$/) },
  output: {
    preset: '',
    help: 'how INSERT tells changes: append, update, retract, complete',
    takes: oneOf('', 'append', 'update', 'retract', 'complete'),
  },
  trigger: { preset: '', help: "when epochs of INSERT start: '5 seconds', once, available-now", takes: () => true },
  emit: {
    preset: '',
    help: "when windows are told: final (the preset where a sink takes nothing else), changes, panes, 'every 10 seconds', '100 rows'",
    takes: isEmit('emit'),
  },
  emit_early: { preset: '', help: "before a window ends: '1 minute or 100 rows'", takes: isEmit('emit_early') },
  emit_late: { preset: '', help: "behind its end: '1 minute', '1 row'", takes: isEmit('emit_late') },
  emit_when: { preset: '', help: "instead of both and the end: '100 rows'", takes: isEmit('emit_when') },
  accumulate: {
    preset: '',
    help: 'how what is told of a window relates: accumulating, discarding, retracting',
    takes: oneOf('', 'accumulating', 'discarding', 'retracting'),
  },
  on_change: {
    preset: 'ask',
    help: `when a query is not the one that was saved: ${ON_CHANGE.join(', ')}`,
    takes: oneOf(...ON_CHANGE),
  },
  confirm: { preset: '', help: 'the number of a difference that may be', takes: () => true },
  unbounded: { preset: 'off', help: 'state may grow without a bound', takes: oneOf('on', 'off', 'true', 'false') },
}

export class Settings {
  readonly #values = new Map<string, string>()

  /** @param value undefined: what it was in the beginning */
  set(name: string, value: string | undefined): void {
    const setting = known(name)
    if (value === undefined) {
      this.#values.delete(name)
      return
    }
    const takes = setting.takes(value)
    if (takes === true) this.#values.set(name, value)
    else {
      const fix = takes === '' ? `it is ${setting.help}` : `${takes} (${name} is ${setting.help})`
      fail('BAD_OPTION', { option: name, of: 'SET', reason: `it can't be '${value}'`, fix })
    }
  }

  get(name: string): string {
    return this.#values.get(name) ?? known(name).preset
  }

  /** Everything that can be set. */
  all(): { readonly name: string; readonly setting: string; readonly description: string }[] {
    return Object.entries(SETTINGS).map(([name, { help }]) => ({ name, setting: this.get(name), description: help }))
  }

  /** How INSERT runs. */
  runOptions(): RunOptions {
    const [rows, confirm, trigger] = [this.get('epoch_rows'), this.get('confirm'), this.get('trigger')]
    return {
      ...(trigger === '' ? { until: this.get('until') as 'now' | 'forever' } : { trigger: triggerOf(trigger) }),
      ...(rows === '' ? {} : { epochRows: Number(rows) }),
      ...(confirm === '' ? {} : { confirm }),
      onChange: this.get('on_change') as (typeof ON_CHANGE)[number],
      unbounded: ['on', 'true'].includes(this.get('unbounded')),
    }
  }

  /** When windows are told. */
  emit(): Emit | undefined {
    return emitOf({ text: name => this.get(name) || undefined, refuse: refuseEmit })
  }

  mode(): Mode | undefined {
    const output = this.get('output')
    return output === '' ? undefined : (output as Mode)
  }
}

export const isSetting = (name: string): boolean => Object.hasOwn(SETTINGS, name)

function known(name: string): Setting {
  const found = isSetting(name) ? SETTINGS[name] : undefined
  if (found !== undefined) return found
  const fix = suggestion(name, Object.keys(SETTINGS))
  return fail('BAD_OPTION', {
    option: name,
    of: 'SET',
    reason: 'there is no such setting',
    fix: `${fix}; SHOW ALL lists them`,
  })
}
