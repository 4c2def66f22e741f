/** Server-Sent Events, read from a stream that was opened with the access token in its header. */
export interface ServerEvent { kind: string, id: string | null, data: string }

/** Text in pieces of any size goes in, whole events come out. Comments (signs of life) are none. */
export class EventReader {
  private rest = ''

  feed(text: string): ServerEvent[] {
    this.rest = (this.rest + text).replaceAll('\r\n', '\n')
    const blocks = this.rest.split('\n\n')
    this.rest = blocks.pop()!
    return blocks.map(read).filter(event => event !== null)
  }
}

function read(block: string): ServerEvent | null {
  const said: ServerEvent = { kind: 'message', id: null, data: '' }
  const data: string[] = []
  for (const line of block.split('\n')) {
    const [name, value] = split(line)
    if (name === 'event')
      said.kind = value
    else if (name === 'id')
      said.id = value
    else if (name === 'data')
      data.push(value)
  }
  said.data = data.join('\n')
  return data.length
    ? said
    : null
}

function split(line: string): [string, string] {
  const at = line.indexOf(':')
  return at < 0
    ? [line, '']
    : [
        line.slice(0, at),
        line.slice(at + 1).replace(/^ /, ''),
      ]
}
