import type { Edit } from './edit-definition';

export type Move = Extract<Edit, { kind: 'moveStep' }>;

/** Which control of a step has the focus after the step was moved. */
export type Control = 'handle' | 'up' | 'down' | 'name';

export type OnMove = (move: Move, control: Control) => void;
