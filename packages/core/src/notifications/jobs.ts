import { handling } from "../jobs/work-jobs.ts";
import { deliverMail } from "./deliver-mail.ts";

export const notificationJobs = [handling("mail", deliverMail)];
