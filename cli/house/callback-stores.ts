import type { CallbackProfileStore, DeliveryStore, FlowStore, Histories, RecordStore } from '../../store/contract';

/** What the room needs of the store, wherever that is. */
export interface CallbackStores {
  profiles: CallbackProfileStore;
  deliveries: DeliveryStore;
  flows: FlowStore;
  records: RecordStore;
  histories: Pick<Histories, 'of'>;
  heldTo(partition: number, position: number): Promise<boolean>;
  close(): Promise<void>;
}
