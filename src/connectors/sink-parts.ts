// What most sinks don't need: spread it and add the rest.

export const plainSink = {
  pending: 0,
  async recover(): Promise<void> {},
  async begin(): Promise<void> {},
  async drain(): Promise<void> {},
  async prepare(): Promise<void> {},
  async commit(): Promise<void> {},
  async close(): Promise<void> {},
}
