import type { SvgIconComponent } from '@mui/icons-material';
import BackHand from '@mui/icons-material/BackHandOutlined';
import Cancel from '@mui/icons-material/CancelOutlined';
import Check from '@mui/icons-material/Check';
import Circle from '@mui/icons-material/Circle';
import CloudOff from '@mui/icons-material/CloudOffOutlined';
import Delete from '@mui/icons-material/DeleteOutline';
import DoneAll from '@mui/icons-material/DoneAll';
import ErrorOutline from '@mui/icons-material/ErrorOutline';
import HelpOutline from '@mui/icons-material/HelpOutline';
import Hourglass from '@mui/icons-material/HourglassEmpty';
import ManageSearch from '@mui/icons-material/ManageSearch';
import Lock from '@mui/icons-material/LockOutlined';
import NearMeDisabled from '@mui/icons-material/NearMeDisabledOutlined';
import Pause from '@mui/icons-material/PauseCircleOutline';
import Replay from '@mui/icons-material/Replay';
import Remove from '@mui/icons-material/RemoveCircleOutline';
import Search from '@mui/icons-material/SearchOff';
import Send from '@mui/icons-material/SendOutlined';
import SkipNext from '@mui/icons-material/SkipNext';
import Snooze from '@mui/icons-material/Snooze';
import Stop from '@mui/icons-material/StopCircleOutlined';
import Sync from '@mui/icons-material/Sync';
import TaskAlt from '@mui/icons-material/TaskAlt';

import type { WatchState } from '../../../server/contract/dead-queues.ts';
import type { GroupState } from '../../../server/contract/groups.ts';
import type { MessageStatus } from '../../../server/contract/messages.ts';
import type { OperationStatus, Outcome } from '../../../server/contract/operations.ts';
import type { User } from '../../../server/contract/schemas/users.ts';
import type { StateColours } from '../theme/theme.ts';

/** How a state looks: a shape and a colour, always beside its word. */
export interface Look {
  icon: SvgIconComponent;
  colour: keyof StateColours;
}

export const STATUS_LOOKS: Readonly<Record<MessageStatus, Look>> = {
  pending: { icon: Circle, colour: 'waiting' },
  resending: { icon: Sync, colour: 'moving' },
  unknown: { icon: HelpOutline, colour: 'unsure' },
  resent: { icon: Send, colour: 'good' },
  settled: { icon: DoneAll, colour: 'good' },
  handled: { icon: BackHand, colour: 'quiet' },
  deleted: { icon: Delete, colour: 'quiet' },
};

export const OUTCOME_LOOKS: Readonly<Record<Outcome, Look>> = {
  confirmed: { icon: Check, colour: 'good' },
  unroutable: { icon: NearMeDisabled, colour: 'bad' },
  refused: { icon: Cancel, colour: 'bad' },
  failed: { icon: ErrorOutline, colour: 'bad' },
  unknown: { icon: HelpOutline, colour: 'unsure' },
  skipped: { icon: SkipNext, colour: 'quiet' },
};

export const OPERATION_LOOKS: Readonly<Record<OperationStatus, Look>> = {
  scheduled: { icon: Hourglass, colour: 'quiet' },
  awaitingApproval: { icon: Hourglass, colour: 'waiting' },
  preparing: { icon: Sync, colour: 'moving' },
  running: { icon: Sync, colour: 'moving' },
  waiting: { icon: Hourglass, colour: 'waiting' },
  paused: { icon: Pause, colour: 'waiting' },
  finished: { icon: Check, colour: 'good' },
  cancelled: { icon: Remove, colour: 'quiet' },
  stopped: { icon: Stop, colour: 'bad' },
};

export const GROUP_LOOKS: Readonly<Record<GroupState, Look>> = {
  regressed: { icon: Replay, colour: 'bad' },
  open: { icon: Circle, colour: 'waiting' },
  investigating: { icon: ManageSearch, colour: 'moving' },
  snoozed: { icon: Snooze, colour: 'quiet' },
  resolved: { icon: TaskAlt, colour: 'good' },
};

export const WATCH_LOOKS: Readonly<Record<WatchState, Look>> = {
  starting: { icon: Hourglass, colour: 'quiet' },
  consuming: { icon: Check, colour: 'good' },
  missing: { icon: Search, colour: 'bad' },
  exclusive: { icon: Lock, colour: 'waiting' },
  refused: { icon: Cancel, colour: 'bad' },
  away: { icon: CloudOff, colour: 'bad' },
  waitingForStore: { icon: Hourglass, colour: 'bad' },
  stopped: { icon: Pause, colour: 'quiet' },
};

export const USER_LOOKS: Readonly<Record<User['state'], Look>> = {
  enabled: { icon: Check, colour: 'good' },
  disabled: { icon: Pause, colour: 'waiting' },
  removed: { icon: Remove, colour: 'quiet' },
};
