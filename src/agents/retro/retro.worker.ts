import { serveAside } from '../aside/serve-aside.js';
import { RetroDesk } from './retro-desk.js';
import type { RetroAnswer, RetroRequest } from './retro-protocol.js';

const desk = new RetroDesk();

serveAside((request): RetroAnswer => desk.answer(request as RetroRequest));
