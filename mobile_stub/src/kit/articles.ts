/** The rules on people's supervisors by the names that people know; a law's own name is left as it comes. */
const RULES: Record<string, string> = { 'PSUP-2021': '选任管理办法', 'PSUP-2019': '监督工作规定' }

/** `PSUP-2021 15` → `选任管理办法第15条`. */
export function articleWords(article: string): string {
  const [, rule, number] = /^(PSUP-\d+) (\d+)$/.exec(article) ?? []
  const name = rule && RULES[rule]
  return name
    ? `${name}第${number}条`
    : article
}
