/**
 * Queueing laws in closed form. Rates per second, times in seconds. Each row of LAWS says the formula and where it comes from; the
 * functions compute it. Kleinrock I and II: Queueing Systems, volumes 1 (1975) and 2 (1976).
 */
import { exp, log, pow } from '../base/math';

export interface Law {
  readonly name: string;
  readonly formula: string;
  readonly source: string;
}

export const LAWS = {
  mm1: {
    name: 'M/M/1',
    formula: 'T = 1 / (mu - lambda)',
    source: 'Kleinrock I, 3.2',
  },
  mmc: {
    name: 'M/M/c (Erlang C)',
    formula: 'T = 1/mu + C(c, a) / (c mu - lambda), a = lambda/mu',
    source: 'Erlang 1917; Kleinrock I, 3.5',
  },
  mmck: {
    name: 'M/M/c/K',
    formula: 'T = L / (lambda (1 - p_K)), p_n from the birth-death balance',
    source: 'Kleinrock I, 3.6',
  },
  mg1: {
    name: 'M/G/1 (Pollaczek-Khinchine)',
    formula: 'T = E[S] + rho E[S] (1 + cv^2) / (2 (1 - rho))',
    source: 'Pollaczek 1930, Khinchine 1932; Kleinrock I, 5.6',
  },
  ps: {
    name: 'M/G/1-PS',
    formula: 'T = E[S] / (1 - rho), whatever the distribution of S',
    source: 'Sakata, Noguchi, Oizumi 1971; Kleinrock II, 4.4',
  },
  roundRobin: {
    name: 'E_n/M/1 (round robin)',
    formula: 'T = 1 / (mu (1 - s)), s = (n lambda / (n lambda + mu (1 - s)))^n',
    source: 'Kleinrock I, 6.4 (G/M/1)',
  },
  powerOfChoices: {
    name: 'Power of d choices',
    formula: 'T = (1/mu) sum over i >= 1 of rho^((d^i - d)/(d - 1)), for many servers',
    source: 'Vvedenskaya, Dobrushin, Karpelevich 1996; Mitzenmacher 2001',
  },
  utilisation: {
    name: 'Utilisation law',
    formula: 'rho = lambda E[S] / c',
    source: 'Denning and Buzen 1978',
  },
  closed: {
    name: 'Machine repairman (M/M/c//N)',
    formula: 'X from the birth-death balance of N users who think for Z',
    source: 'Kleinrock I, 3.8; product form: Baskett et al. 1975',
  },
} as const satisfies Record<string, Law>;

export function mm1TimeInSystem(lambda: number, mu: number): number {
  return 1 / (mu - lambda);
}

/** Probability that an arrival must wait, with offered load a = lambda/mu and c servers, a < c. Stable by the recursion of Erlang B. */
export function erlangC(c: number, a: number): number {
  let b = 1;
  for (let k = 1; k <= c; k++) b = (a * b) / (k + a * b);
  return b / (1 - (a / c) * (1 - b));
}

/** Probability that an arrival is lost by c servers without a queue. */
export function erlangB(c: number, a: number): number {
  let b = 1;
  for (let k = 1; k <= c; k++) b = (a * b) / (k + a * b);
  return b;
}

export function mmcTimeInSystem(lambda: number, mu: number, c: number): number {
  return 1 / mu + erlangC(c, lambda / mu) / (c * mu - lambda);
}

export interface FiniteQueue {
  /** Probability that an arrival is rejected. */
  readonly blocking: number;
  /** Of those accepted. */
  readonly timeInSystem: number;
  readonly numberInSystem: number;
}

/** c servers and `places` places to wait. */
export function mmck(lambda: number, mu: number, c: number, places: number): FiniteQueue {
  let weight = 1;
  let total = 1;
  let weighted = 0;
  for (let n = 1; n <= c + places; n++) {
    weight *= lambda / (mu * Math.min(n, c));
    total += weight;
    weighted += n * weight;
    if (total > 1e250) {
      // Only ratios matter.
      weight /= total;
      weighted /= total;
      total = 1;
    }
  }
  const blocking = weight / total;
  const numberInSystem = weighted / total;
  return { blocking, numberInSystem, timeInSystem: numberInSystem / (lambda * (1 - blocking)) };
}

/** Mean service time s, squared coefficient of variation cv2. */
export function mg1TimeInSystem(lambda: number, s: number, cv2: number): number {
  const rho = lambda * s;
  return s + (rho * s * (1 + cv2)) / (2 * (1 - rho));
}

export function processorSharingTimeInSystem(lambda: number, s: number): number {
  return s / (1 - lambda * s);
}

/** Each of n exponential servers gets every n-th of a Poisson stream; lambda is the rate of one server. */
export function roundRobinTimeInSystem(lambda: number, mu: number, n: number): number {
  // The root below 1; the iteration grows monotonically towards it from 0.
  let s = 0;
  for (let i = 0; i < 100_000; i++) {
    const next = pow((n * lambda) / (n * lambda + mu * (1 - s)), n);
    if (next - s < 1e-15) break;
    s = next;
  }
  return 1 / (mu * (1 - s));
}

/** Of d servers chosen at random for each arrival, the least loaded; in the limit of many servers. lambda is the rate per server. */
export function powerOfChoicesTimeInSystem(lambda: number, mu: number, d: number): number {
  const rho = lambda / mu;
  if (d === 1) return mm1TimeInSystem(lambda, mu);
  let sum = 0;
  for (let i = 1, exponent = 0; i < 200; i++, exponent = exponent * d + d) {
    const term = exp(exponent * log(rho));
    sum += term;
    if (term < 1e-17) break;
  }
  return sum / mu;
}

export interface ClosedSystem {
  readonly throughput: number;
  readonly responseTime: number;
}

/** N users who think for z seconds on average (any distribution), c exponential servers. */
export function closedSystem(users: number, z: number, mu: number, c: number): ClosedSystem {
  if (z === 0) {
    const throughput = mu * Math.min(users, c);
    return { throughput, responseTime: users / throughput };
  }
  let weight = 1;
  let total = 1;
  let weighted = 0;
  for (let n = 1; n <= users; n++) {
    weight *= (users - n + 1) / z / (mu * Math.min(n, c));
    total += weight;
    weighted += n * weight;
    if (total > 1e250) {
      weight /= total;
      weighted /= total;
      total = 1;
    }
  }
  const present = weighted / total;
  const throughput = (users - present) / z;
  return { throughput, responseTime: present / throughput };
}
