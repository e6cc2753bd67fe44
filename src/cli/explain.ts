// `millrace explain`: the plans of a job, and nothing is run.

import { memorySink } from '../connectors/index.ts'
import { explainText, type Node, type Output, optimise } from '../plan/index.ts'
import { stagesOf } from '../runtime/index.ts'
import type { Io } from './io.ts'
import { loadJob } from './job.ts'

export async function explainCommand(file: string, only: readonly string[] | undefined, io: Io): Promise<0> {
  for (const each of await loadJob(file, only)) {
    const texts = each.kind === 'table' ? [explainTable(each.node)] : each.outputs.map(explainOutput)
    for (const text of texts) io.stdout.write(`== ${each.name} ==\n${text}\n`)
  }
  return 0
}

function explainOutput(output: Output): string {
  const optimised = optimise(output.node)
  return explainText({ node: output.node, output, optimised, stages: stagesOf([{ ...output, node: optimised.node }]) })
}

function explainTable(node: Node): string {
  const optimised = optimise(node)
  const stages = stagesOf([{ node: optimised.node, sink: memorySink(), mode: 'retract' }])
  return explainText({ node, optimised, stages })
}
