/**
 * The legal clock of the server, by which time left is counted. A phone's own clock may be wrong or in another zone, and
 * that of a demo installation can be set; so each answer that says `now` sets this one.
 */
import { ref } from 'vue'

/** Less than this is the way of the answer through the network, not another time. */
const NETWORK = 2_000
const TICK = 30_000

const ahead = ref(0)
const tick = ref(0)

/** The server said what time it is. */
export function hearClock(now: string | null | undefined): void {
  const said = now
    ? Date.parse(now)
    : Number.NaN
  if (Number.isNaN(said))
    return
  const found = said - Date.now()
  if (Math.abs(found - ahead.value) > NETWORK)
    ahead.value = found
}

/** The legal time as far as this phone knows; whatever is computed from it moves on with it. */
export function legalNow(): Date {
  void tick.value
  return new Date(Date.now() + ahead.value)
}

/** Let what is on the screen move on; returns how to stop it. */
export function runClock(): () => void {
  const timer = setInterval(() => {
    tick.value += 1
  }, TICK)
  return () => clearInterval(timer)
}
