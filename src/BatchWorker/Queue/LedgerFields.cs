namespace BatchWorker.Queue;

/// <summary>Names of hash fields; scripts spell the same.</summary>
internal static class LedgerFields
{
    /// <summary>Of meta: number of the last job.</summary>
    public const string Sequence = "seq";

    /// <summary>Of meta: up to this number every acceptance was finished; behind it one may have been cut off.</summary>
    public const string Whole = "whole";

    /// <summary>Of meta: jobs that wait. A guard for intake; the queues themselves are the truth.</summary>
    public const string Waiting = "waiting";

    /// <summary>Of meta: number of the last batch.</summary>
    public const string BatchSequence = "batch";

    /// <summary>Of meta: number of the last run.</summary>
    public const string RunSequence = "run";

    /// <summary>Of meta: number of the last result segment.</summary>
    public const string SegmentSequence = "segment";

    /// <summary>Of meta: number of the last create call.</summary>
    public const string SubmissionSequence = "submission";

    /// <summary>Of switches: there while no create call may be intended.</summary>
    public const string Halt = "halt";

    /// <summary>Of switches: that the store went back in time.</summary>
    public const string Rollback = "rollback";

    /// <summary>Of switches: Unix milliseconds of the last slot of the schedule that passed.</summary>
    public const string Slot = "slot";

    /// <summary>Of meta: the form of the records.</summary>
    public const string Form = "form";

    /// <summary>Of meta: which store of results belongs to this ledger.</summary>
    public const string ResultStore = "result_store";

    /// <summary>Of a page of the books: what its batches add up to, those included that are gone.</summary>
    public const string Sum = "sum";

    /// <summary>Of a page: the same by values of metadata.</summary>
    public const string SumByValue = "values";

    /// <summary>Of a page: jobs that an operator cancelled.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Of a page: jobs that failed by their deadline.</summary>
    public const string Overdue = "overdue";

    /// <summary>Of a page: jobs that an operator queued again.</summary>
    public const string Retried = "retried";

    /// <summary>Of accepted: number of the last job that was counted.</summary>
    public const string Counted = "counted";

    /// <summary>Of alerts: all of them.</summary>
    public const string Book = "book";

    /// <summary>Of a batch: who may change it.</summary>
    public const string Owner = "owner";

    /// <summary>Of a batch: counts ownerships; every transition compares it.</summary>
    public const string Epoch = "epoch";

    /// <summary>Of a batch: the record.</summary>
    public const string Record = "record";

    /// <summary>Of a batch: jobs claimed into the manifest.</summary>
    public const string Claimed = "claimed";

    /// <summary>Of a batch: settlements done.</summary>
    public const string Settlements = "settlements";

    /// <summary>Of a batch: what the settlements add up to.</summary>
    public const string Totals = "totals";

    /// <summary>Of a batch: pico-USD that it holds back of the budgets.</summary>
    public const string Reserved = "reserved";

    /// <summary>Of a batch: the same by values of metadata.</summary>
    public const string ReservedByValue = "reserved_values";

    /// <summary>Of budgets: counts the claims that were made under them; each expects that there was no other since it looked.</summary>
    public const string Claims = "claims";

    /// <summary>Of a batch: Unix milliseconds at which its cancellation was asked for.</summary>
    public const string Cancel = "cancel";

    /// <summary>Of a batch: how far the delivery of its callback is.</summary>
    public const string Delivery = "delivery";

    /// <summary>Of a batch: an operator's word about a create call whose outcome is unknown.</summary>
    public const string Resolve = "resolve";
}
