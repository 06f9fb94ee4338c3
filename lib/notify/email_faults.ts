import { credentialFaults, isLoopback, isPrivate } from "../config/option_faults.ts";
import { type Fault, quote } from "../config/value_rules.ts";
import { wordFaults } from "./channel.ts";
import type { EmailOptions } from "./email.ts";

/** What is wrong with the options, whatever was written there in a configuration that was not type-checked. */
export function emailFaults(options: EmailOptions, builder: string): Fault[] {
  const { host, port, from, to } = options;
  const recipients: readonly unknown[] = Array.isArray(to) ? to : [to];
  return [
    ...wordFaults(
      `${builder}: host`,
      host,
      /^[\w.:[\]-]+$/,
      'write the server\'s name, such as "smtp.example.org"',
    ),
    ...(port === undefined || (Number.isInteger(port) && port > 0 && port < 65536) ? [] : [{
      message: `${builder}: port is no port`,
      hint: "write a number from 1 to 65535, or leave it out",
    }]),
    ...mailboxFaults(`${builder}: from`, from),
    ...(recipients.length === 0
      ? [{ message: `${builder}: to is empty`, hint: "write at least one address" }]
      : recipients.flatMap((each) => mailboxFaults(`${builder}: to`, each))),
    ...loginFaults(options, builder),
    ...tlsFaults(options, builder),
  ];
}

/** An address in ASCII, alone or in angle brackets behind a name. Line breaks would begin a header of their own. */
const MAILBOX = /^(?:[^<>\p{Cc}"\\]*<([^\s<>@]+@[^\s<>@]+)>|([^\s<>@]+@[^\s<>@]+))$/u;

function mailboxFaults(place: string, mailbox: unknown): Fault[] {
  const hint = 'write it such as "me@example.org" or "Homeport <homeport@example.org>"';
  if (mailbox === undefined) return [{ message: `${place} is required, and missing`, hint }];
  const [, named, bare] = typeof mailbox === "string" ? MAILBOX.exec(mailbox) ?? [] : [];
  const address = named ?? bare;
  if (address !== undefined && /^[\x21-\x7e]+$/.test(address)) return [];
  return [{ message: `${place}: ${quote(String(mailbox))} is not an address`, hint }];
}

function loginFaults({ username, password }: EmailOptions, builder: string): Fault[] {
  if (username === undefined && password === undefined) return [];
  if (username === undefined || password === undefined) {
    const missing = username === undefined ? "username" : "password";
    return [{
      message: `${builder}: ${missing} is required beside the other, and missing`,
      hint: "write both, or neither",
    }];
  }
  const isName = typeof username === "string" && /^[^\p{Cc}]+$/u.test(username);
  return [
    ...(isName ? [] : credentialFaults(`${builder}: username`, username, true)),
    ...credentialFaults(`${builder}: password`, password, true),
  ];
}

function tlsFaults({ tls, plainText, host }: EmailOptions, builder: string): Fault[] {
  if (tls !== undefined && !["implicit", "starttls", "none"].includes(tls)) {
    return [{
      message: `${builder}: tls is none of its values`,
      hint: 'write "implicit", "starttls" or "none"',
    }];
  }
  if (plainText !== undefined && typeof plainText !== "boolean") {
    return [{
      message: `${builder}: plainText is neither true nor false`,
      hint: "write true or leave it out",
    }];
  }
  if (tls !== "none" || plainText === true || typeof host !== "string") return [];
  if (isLoopback(host) || isPrivate(host)) return [];
  return [{
    message: `${builder}: mails to ${quote(host)} would cross the network in clear`,
    hint:
      'use "implicit" or "starttls", or write plainText: true if you accept that everybody on the way can read them',
  }];
}
