// Loaded into a whole process that is measured (`node --import`): what it has used, told on descriptor 3 when it ends.
import { readFileSync, writeSync } from 'node:fs'

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  let peakMb = Math.round(process.resourceUsage().maxRSS / 1024)
  try {
    peakMb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024)
  } catch {
    // not Linux: the other figure is all there is
  }
  writeSync(3, `${JSON.stringify({ cpuSeconds: (user + system) / 1e6, peakMb })}\n`)
})
