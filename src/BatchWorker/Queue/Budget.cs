using System.Globalization;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>How long a cap holds before it begins anew: a day or a month in UTC, as the books count.</summary>
internal enum BudgetPeriod
{
    Day,
    Month,
}

/// <summary>A cap on what batches may cost in a period.</summary>
/// <param name="CapPico">Pico-USD.</param>
/// <param name="Period">A UTC day or month.</param>
/// <param name="Key">Null: all jobs. <see cref="JobType"/>, or a metadata key by whose values costs are added up.</param>
/// <param name="Value">The value of the key that it is for; <see cref="Each"/>: every value has a cap of its own.</param>
internal sealed record Budget(decimal CapPico, BudgetPeriod Period, string? Key = null, string? Value = null)
{
    /// <summary>The key that means the job type, whatever metadata there is.</summary>
    public const string JobType = "job_type";
    public const string Each = "*";

    /// <summary>The first day of the period that a day is in.</summary>
    public DateOnly BeginOf(DateOnly day) => Period == BudgetPeriod.Day ? day : new DateOnly(day.Year, day.Month, 1);

    /// <summary>The cell that a job falls into; null when the budget is not for it.</summary>
    /// <param name="lane">Its lane.</param>
    /// <param name="values">The values of its metadata.</param>
    public BudgetCell? CellOf(Lane lane, IReadOnlyList<(string Key, string Value)> values)
    {
        var value = Key switch
        {
            null => null,
            JobType => lane.JobType,
            _ => values.FirstOrDefault(value => value.Key == Key).Value,
        };
        return Key is null ? new BudgetCell(this, null)
            : value is not null && (Value == Each || Value == value) ? new BudgetCell(this, value)
            : null;
    }

    /// <summary>Whether what a lane says is enough to find the cell of its jobs.</summary>
    public bool IsOfLane => Key is null or JobType;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PicoUsd.ToUsd(CapPico):0.############}/{NameOf(Value)}");

    /// <summary>Period, key and value.</summary>
    public string NameOf(string? value) => (Period == BudgetPeriod.Day ? "day" : "month") + (Key is null ? "" : $" {Key}={value}");
}

/// <summary>What is added up and held against one cap.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="Value">The value of its key; null for all jobs.</param>
internal sealed record BudgetCell(Budget Budget, string? Value)
{
    public override string ToString() => Budget.NameOf(Value);
}
