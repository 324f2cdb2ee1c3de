const SLOTS = {
  /** A profile takes at most half of what is left, so that there is some for the next. */
  all: 256,
  profile: 32,
  /** Of a profile whose last attempt failed: enough to see that it is back, few enough to leave the rest to the others. */
  failing: 2,
} as const;

/** How many attempts may be under way, of each profile and of all together. */
export interface Slots {
  taken(profileId: string): number;
  /** How many more of that profile may begin; none where that is 0 or less. */
  free(profileId: string, failing: boolean): number;
  /** Takes one. @returns what gives it back */
  take(profileId: string): () => void;
}

export function createSlots(): Slots {
  const byProfile = new Map<string, number>();
  let all = 0;
  const taken = (id: string) => byProfile.get(id) ?? 0;
  return {
    taken,
    free(id, failing) {
      const own = (failing ? SLOTS.failing : SLOTS.profile) - taken(id);
      return Math.min(own, Math.ceil((SLOTS.all - all) / 2));
    },
    take(id) {
      byProfile.set(id, taken(id) + 1);
      all++;
      return () => {
        all--;
        const left = taken(id) - 1;
        if (left > 0) byProfile.set(id, left);
        else byProfile.delete(id);
      };
    },
  };
}
