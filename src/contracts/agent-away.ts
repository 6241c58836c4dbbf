/** An agent, or whoever else work is for, cannot be reached at present, or has too much to do: what was asked of it waits, and is asked again later. It says nothing about what was asked. */
export class AgentAway extends Error {
  override readonly name = 'AgentAway';
}
