import { bool, type Check, object, orNull, record, text } from "./validate.ts";

const email = text({ least: 1, pattern: /^[^@\s]+@[^@\s]+\.[^@\s]+$/, format: "email" });
const phone = text({ least: 1, pattern: /^\+[0-9]{1,15}$/ });
const username = text({ least: 1, most: 128 });
const password = text({ least: 1 });
const name = text({ least: 1, most: 300 });
const part = text({ least: 1, most: 150 });
const picture = text({ pattern: /^https?:\/\//, format: "strict-uri" });

const shared = {
  user_metadata: object,
  app_metadata: object,
  blocked: bool,
  email_verified: bool,
  phone_verified: bool,
  verify_email: bool,
} satisfies Record<string, Check>;

/** The body of `POST /users`. */
export const createUser = record(
  {
    ...shared,
    connection: text({ least: 1 }),
    user_id: text({ least: 1, most: 255 }),
    email,
    phone_number: phone,
    username,
    password,
    name,
    given_name: part,
    family_name: part,
    nickname: name,
    picture,
  },
  ["connection"],
);

/** The body of `PATCH /users/{id}`. */
export const updateUser = record({
  ...shared,
  connection: text({ least: 1 }),
  client_id: text({ least: 1 }),
  verify_phone_number: bool,
  email: orNull(email),
  phone_number: orNull(phone),
  username: orNull(username),
  password: orNull(password),
  name: orNull(name),
  given_name: orNull(part),
  family_name: orNull(part),
  nickname: orNull(name),
  picture: orNull(picture),
});
