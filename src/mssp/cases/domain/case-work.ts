/** Work that alerts and incidents cause; each names its handler. */

/** Judge an alert and group it; keyed by alert. */
export const TRIAGE = 'triage';

/** Ask for containment of an incident; keyed by incident. */
export const RESPOND = 'respond';

/** Publish what happened to an alert; keyed by alert. */
export const PUBLISH = 'publish';

/** Hand feedback to the learning agent; keyed by feedback. */
export const LEARN = 'learn';
