import { authJobs } from "@openclaw-launch/core/auth/jobs";
import { instanceJobs } from "@openclaw-launch/core/instances/jobs";
import { notificationJobs } from "@openclaw-launch/core/notifications/jobs";
import { statsJobs } from "@openclaw-launch/core/stats/jobs";

/** What any process can do for all: it goes on when no host is up. */
export const sharedJobs = [...notificationJobs, ...authJobs, ...instanceJobs, ...statsJobs];
