import { getProject, getRootDirectory, getStack, RunError } from "@pulumi/pulumi";
import { TenantryError } from "../../src/errors/failure.ts";
import { formatIssue } from "../../src/errors/issue.ts";
import { auth0Program } from "./stack.ts";
import { OtherStack, registrationsOf } from "./tenant-stack.ts";

// The program that the Pulumi CLI runs (Pulumi.yaml), in the folder that holds tenantry.yaml. The stack's name says
// whose registrations it holds: <environment>.<identity provider>.<tenant>.

export default async function program(): Promise<Record<string, unknown> | undefined> {
  try {
    const today = new Date().toISOString().slice(0, 10);
    const registrations = registrationsOf(getRootDirectory(), { project: getProject(), stack: getStack() }, today);
    return (await auth0Program({ registrations })()) ?? undefined;
  } catch (error) {
    // Pulumi prints the words of a RunError, and of any other the stack trace too.
    if (error instanceof OtherStack) throw new RunError(error.message);
    if (!(error instanceof TenantryError)) throw error;
    throw new RunError([error.message, ...error.issues.map(formatIssue)].join("\n"));
  }
}
