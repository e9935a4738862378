using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Intake;

/// <summary>A job as the caller wrote it: accepted, or refused with every reason.</summary>
internal sealed record JobReading(NewJob? Job, IReadOnlyList<FieldError> Errors)
{
    public static JobReading Refused(params FieldError[] errors) => new(null, errors);
}

/// <summary>Reads a job strictly: what it does not understand it refuses.</summary>
internal sealed class JobReader(IntakeOptions options, ProviderSet providers, TimeProvider time)
{
    private const int LongestModel = 256;

    /// <param name="job">The job object.</param>
    /// <param name="owner">Name of the caller's API key; empty without one.</param>
    /// <param name="givenKey">Valid idempotency key from outside the job; one in the job goes before it.</param>
    public JobReading Read(JsonElement job, string owner, string? givenKey)
    {
        if (job.ValueKind != JsonValueKind.Object)
        {
            return JobReading.Refused(new FieldError("", "A job is a JSON object."));
        }
        var fields = new JobFields(job);
        var read = Read(fields);
        var key = ReadKey(fields) ?? givenKey;
        if (fields.Errors.Count > 0 || IsTooLarge(fields, read))
        {
            return new JobReading(null, fields.Errors);
        }
        return new JobReading(key is null ? read : read with { Idempotency = IdempotencyMarks.Of(owner, key, AsMeant(fields, read)) }, []);
    }

    /// <summary>Without what the configuration added: a repeated request is the same job though a default has changed since.</summary>
    private static NewJob AsMeant(JobFields fields, NewJob job) => fields.Find("max_attempts") is null ? job with { MaxAttempts = 0 } : job;

    private bool IsTooLarge(JobFields fields, NewJob job)
    {
        if (!providers.TryGet(job.Lane.Provider, out var provider) || provider.OverheadOf(job.Lane) + job.Data.Length <= provider.LimitsOf(job.Lane.Endpoint).MaxBytes)
        {
            return false;
        }
        fields.Refuse("data", $"A batch of this provider takes at most {provider.LimitsOf(job.Lane.Endpoint).MaxBytes} bytes.");
        return true;
    }

    private NewJob Read(JobFields fields)
    {
        var jobType = ReadJobType(fields);
        var provider = ReadProvider(fields);
        var data = ReadData(fields);
        var model = data is { } request ? ReadModel(fields, request) : "";
        var endpoint = ReadEndpoint(fields, provider, data, model);
        if (fields.Find("callback_url") is not null)
        {
            fields.Refuse("callback_url", "Callbacks need BATCH_WEBHOOK_SECRET.");
        }
        return new NewJob
        {
            Lane = new Lane(provider, endpoint, model, jobType),
            Priority = fields.Number("priority", 1, 10, IntakeOptions.DefaultPriority),
            MaxAttempts = fields.Number("max_attempts", 1, IntakeOptions.MostAttempts, options.MaxAttempts),
            Data = data is { } found && fields.Errors.Count == 0 ? StrictJson.Minify(found) : default(ReadOnlyMemory<byte>),
            InputUnits = data is { } units ? ReadInputUnits(fields, provider, endpoint, units) : 1,
            Metadata = JobMetadata.Read(fields),
            NotBefore = fields.Time("not_before"),
            Deadline = ReadDeadline(fields),
        };
    }

    /// <summary>Only OpenAI has a choice of endpoints.</summary>
    private static string ReadEndpoint(JobFields fields, Provider provider, JsonElement? data, string model)
    {
        if (provider == Provider.OpenAi)
        {
            return data is { } request ? OpenAiShape.Endpoint(fields, request, model) : "";
        }
        if (fields.Find("endpoint") is not null)
        {
            fields.Refuse("endpoint", "Only jobs for openai name an endpoint.");
        }
        return "";
    }

    private string ReadJobType(JobFields fields)
    {
        if (fields.Required("job_type") is not { } jobType)
        {
            return "";
        }
        if (!options.JobTypes.Contains(jobType))
        {
            fields.Refuse("job_type", $"The job types are {string.Join(", ", options.JobTypes)}.");
        }
        return jobType;
    }

    private Provider ReadProvider(JobFields fields)
    {
        if (fields.Required("provider") is not { } name)
        {
            return default;
        }
        if (!ProviderNames.TryParse(name, out var provider))
        {
            fields.Refuse("provider", "The providers are openai, anthropic and gemini.");
        }
        else if (!providers.TryGet(provider, out _))
        {
            fields.Refuse("provider", $"{name} is not configured: {options.KeyVariables[provider]} is not set.");
        }
        return provider;
    }

    private static JsonElement? ReadData(JobFields fields)
    {
        if (fields.Find("data") is not { } data)
        {
            fields.Refuse("data", "This field is required.");
            return null;
        }
        if (data.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse("data", "An object is expected: the provider's request.");
            return null;
        }
        if (data.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True)
        {
            fields.Refuse("data/stream", "A batch can not stream.");
        }
        return data;
    }

    private static string ReadModel(JobFields fields, JsonElement data)
    {
        if (data.TryGetProperty("model", out var value) && value.ValueKind == JsonValueKind.String && JobFields.TryGetText(value, out var model)
            && model.Length is > 0 and <= LongestModel && !model.Any(char.IsControl))
        {
            return model;
        }
        fields.Refuse("data/model", "The name of a model is required.");
        return "";
    }

    private int ReadInputUnits(JobFields fields, Provider provider, string endpoint, JsonElement data)
    {
        var units = OpenAiShape.InputUnits(endpoint, data);
        if (providers.TryGet(provider, out var known) && units > known.LimitsOf(endpoint).MaxInputs)
        {
            fields.Refuse("data/input", $"A batch takes at most {known.LimitsOf(endpoint).MaxInputs} inputs.");
        }
        return units;
    }

    private DateTimeOffset? ReadDeadline(JobFields fields)
    {
        var deadline = fields.Time("deadline");
        if (deadline <= time.GetUtcNow())
        {
            fields.Refuse("deadline", "The deadline is in the past.");
        }
        return deadline;
    }

    private static string? ReadKey(JobFields fields)
    {
        var key = fields.Text("idempotency_key");
        if (key is not null && !IdempotencyMarks.IsKey(key))
        {
            fields.Refuse("idempotency_key", IdempotencyMarks.KeyRule);
        }
        return key;
    }
}
