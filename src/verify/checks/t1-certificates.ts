import type { Check } from "../check.ts";
import { type DocumentExchange, documentExchanges } from "../exchanges.ts";
import type { TlsFacts } from "../fetch/outcome.ts";
import { type Facts, type Finding, fail, notRun, pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { hostOf, unanswered } from "../unanswered.ts";

const day = 86_400_000;
/** Certificates that live no longer are renewed every few days: they warn nobody, and fail on their last day. */
const shortLived = 7 * day;

/** A connection whose handshake went well. `tls` is unknown where the connection does not tell. */
interface Shaken {
  readonly host: string;
  readonly tls: TlsFacts | undefined;
}

/**
 * The servers of the discovery document and of the key set show a certificate that is trusted, theirs and valid for a
 * while, over TLS 1.2 or newer. Browsers hide a missing intermediate; servers, the app's among them, do not. Certificates of other hosts
 * are met by the checks that ask there.
 */
export const certificates: Check = {
  id: "T1",
  title: "The certificates hold",
  spec: specs.rfc(9325, "3.1.1"),
  level: "must",
  link: "discovery",
  needs: ["D4"],
  async run(context) {
    const exchanges = await documentExchanges(context);
    for (const { what, url, outcome } of exchanges) {
      if (outcome.kind === "tls") return unanswered(outcome, what, url, context.ranFrom);
    }
    const shaken = exchanges.flatMap(shakenOf);
    if (shaken.length === 0) return notRun(context.subject.endpoints === undefined ? "D1" : "K1");
    const now = context.clock();
    const facts: Facts = { hosts: shaken.map((one) => said(one, now)) };
    const old = shaken.find(({ tls }) => tls !== undefined && !/^TLSv1\.[23]$/.test(tls.protocol));
    if (old !== undefined) {
      return fail("VERIFY_TLS_OLD", `${old.host} speaks ${old.tls?.protocol}.`, facts, {
        expected: "TLS 1.2 or newer",
        actual: old.tls?.protocol,
        hint: "Let the server speak TLS 1.2 and 1.3.",
      });
    }
    const first = shaken.flatMap(({ host, tls }) => (tls === undefined ? [] : [{ host, tls }])).sort(bySpan)[0];
    return first === undefined
      ? pass("The certificates are trusted and for their hosts; when they end was not seen.", facts)
      : judgeEnd(first.host, first.tls, now, facts);
  },
};

function bySpan(a: { readonly tls: TlsFacts }, b: { readonly tls: TlsFacts }): number {
  return a.tls.validTo - b.tls.validTo;
}

function judgeEnd(host: string, { validFrom, validTo }: TlsFacts, now: number, facts: Facts): Finding {
  const left = validTo - now;
  const isShort = validTo - validFrom <= shortLived;
  const days = Math.floor(left / day);
  const until = new Date(validTo).toISOString().slice(0, 10);
  const details = {
    expected: "a certificate that is valid for thirty days or more",
    actual: `until ${until}`,
    hint: `Renew the certificate of ${host}, and see that its renewal is automatic.`,
  };
  if (left < (isShort ? day : 7 * day)) {
    const when =
      left < 0 ? "has ended" : days === 0 ? "ends within a day" : `ends in ${days} ${days === 1 ? "day" : "days"}`;
    return fail("VERIFY_CERTIFICATE_RUNS_OUT", `The certificate of ${host} ${when} (${until}).`, facts, details);
  }
  if (!isShort && left < 30 * day) {
    const text = `The certificate of ${host} ends in ${days} days (${until}).`;
    return fail("VERIFY_CERTIFICATE_ENDS", text, facts, { ...details, level: "policy" });
  }
  return pass("The certificates are trusted, for their hosts, and valid for a while.", facts);
}

/** What is compressed or was cut came over TLS all the same. */
function shakenOf({ url, outcome }: DocumentExchange): readonly Shaken[] {
  if (outcome.kind === "answer") return [{ host: hostOf(url), tls: outcome.tls }];
  return outcome.kind === "encoded" || outcome.kind === "malformed" ? [{ host: hostOf(url), tls: undefined }] : [];
}

function said({ host, tls }: Shaken, now: number): string {
  if (tls === undefined) return host;
  return `${host}: ${tls.protocol}, ${Math.floor((tls.validTo - now) / day)} days left`;
}
