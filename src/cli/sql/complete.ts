// Completion: words of SQL, names of tables, views and columns, and the commands that begin with a backslash.

const WORDS =
  `ALL AND AS ASC BETWEEN BY CASE CAST COPY CREATE CROSS DELETE DESC DESCRIBE DISTINCT DROP ELSE END EXCEPT EXISTS EXPLAIN
  FALSE FETCH FILTER FROM FULL GROUP HAVING ILIKE IN INNER INSERT INTERSECT INTO INTERVAL IS JOIN LATERAL LEFT LIKE LIMIT
  MATERIALIZED NATURAL NOT NULL OFFSET ON OR ORDER OVER PARTITION PRIMARY KEY RECURSIVE RESET RIGHT SELECT SET SHOW TABLE TABLES
  THEN TIMESTAMP TO TRUE TRUNCATE UNION UPDATE USING VALUES VIEW WHEN WHERE WITH`.split(/\s+/)

export const COMMANDS = ['\\d', '\\timing', '\\watch', '\\format', '\\?', '\\q']

/** What may stand for the word at the end of a line; and that word. */
export function completions(line: string, names: readonly string[]): [string[], string] {
  const word = /[\\\w"]*$/.exec(line)?.[0] ?? ''
  if (word === '') return [[], word]
  if (word.startsWith('\\')) return [COMMANDS.filter(each => each.startsWith(word)), word]
  const isLower = word === word.toLowerCase()
  const words = WORDS.map(each => (isLower ? each.toLowerCase() : each))
  const shown = names.map(each => (/^[a-z_]\w*$/.test(each) ? each : `"${each.replaceAll('"', '""')}"`))
  const hits = [...new Set([...shown, ...words])].filter(each => each.toLowerCase().startsWith(word.toLowerCase()))
  return [hits.sort(), word]
}
