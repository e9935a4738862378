using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Whose end is told: a job, or a batch as a whole.</summary>
/// <param name="Number">Of the job; of a batch its number above all numbers of jobs. Exact in a double.</param>
internal readonly record struct CallbackSubject(long Number)
{
    private const long FirstBatch = 1L << 52;

    public bool IsBatch => Number >= FirstBatch;

    /// <summary>The number among its kind.</summary>
    public long Own => IsBatch ? Number - FirstBatch : Number;

    public RedisValue Member => JobSlots.MemberOf(Number);

    public static CallbackSubject OfBatch(long number) => new(FirstBatch + number);

    public static CallbackSubject Of(RedisValue member) => new(JobSlots.SequenceOf(member));
}

/// <summary>Something that is to be told.</summary>
/// <param name="Subject">Of whom.</param>
/// <param name="Host">Number of the host that is called.</param>
/// <param name="AtMs">Unix milliseconds of the end.</param>
internal readonly record struct CallbackEvent(CallbackSubject Subject, uint Host, long AtMs);
