// Loaded before the program (`node --import`): the clock of this machine is off by CLOCK_OFFSET milliseconds.
const offset = Number(process.env.CLOCK_OFFSET ?? "0");
const RealDate = Date;

globalThis.Date = class ShiftedDate extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset);
    else super(...given);
  }

  static now() {
    return RealDate.now() + offset;
  }
};
