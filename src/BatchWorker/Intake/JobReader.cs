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
    /// <summary>Stands for a request that was refused, while the other fields are looked at.</summary>
    private static readonly JobRequest s_none = new("", "", [], 1, IsShortForm: false);

    private readonly RequestReader _requests = new(options.Catalog);

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
        var jobType = ReadJobType(fields);
        var provider = ReadProvider(fields);
        var data = ReadData(fields);
        var request = jobType is null || provider is null || data is null ? null : _requests.Read(fields, provider.Value, jobType, data.Value);
        var read = Read(fields, provider ?? default, jobType ?? "", request ?? s_none);
        var key = ReadKey(fields) ?? givenKey;
        if (fields.Errors.Count > 0 || IsTooLarge(fields, read))
        {
            return new JobReading(null, fields.Errors);
        }
        return new JobReading(key is null ? read : read with { Idempotency = IdempotencyMarks.Of(owner, key, AsMeant(fields, read, request!, data!.Value)) }, []);
    }

    /// <summary>
    /// Without what the configuration added, and with the data as it was posted: a repeated request is the same job though a default or
    /// a template has changed since.
    /// </summary>
    private static NewJob AsMeant(JobFields fields, NewJob job, JobRequest request, JsonElement data) => job with
    {
        MaxAttempts = fields.Find("max_attempts") is null ? 0 : job.MaxAttempts,
        Data = StrictJson.Minify(data),
        Lane = request.IsShortForm ? job.Lane with { Endpoint = "", Model = "" } : job.Lane,
    };

    private bool IsTooLarge(JobFields fields, NewJob job)
    {
        if (!providers.TryGet(job.Lane.Provider, out var provider) || provider.OverheadOf(job.Lane) + job.Data.Length <= provider.LimitsOf(job.Lane.Endpoint).MaxBytes)
        {
            return false;
        }
        fields.Refuse("data", $"A batch of this provider takes at most {provider.LimitsOf(job.Lane.Endpoint).MaxBytes} bytes.");
        return true;
    }

    private NewJob Read(JobFields fields, Provider provider, string jobType, JobRequest request)
    {
        RefuseTooManyInputs(fields, provider, request);
        return new NewJob
        {
            Lane = new Lane(provider, request.Endpoint, request.Model, jobType),
            Priority = fields.Number("priority", 1, 10, IntakeOptions.DefaultPriority),
            MaxAttempts = fields.Number("max_attempts", 1, IntakeOptions.MostAttempts, options.MaxAttempts),
            Data = request.Body,
            InputUnits = request.InputUnits,
            Metadata = JobMetadata.Read(fields),
            NotBefore = fields.Time("not_before"),
            Deadline = ReadDeadline(fields),
            CallbackUrl = ReadCallbackUrl(fields),
        };
    }

    /// <summary>The job type; null once it was refused.</summary>
    private string? ReadJobType(JobFields fields)
    {
        var jobType = fields.Required("job_type");
        if (jobType is null || options.JobTypes.Contains(jobType))
        {
            return jobType;
        }
        fields.Refuse("job_type", $"The job types are {string.Join(", ", options.JobTypes)}.");
        return null;
    }

    /// <summary>The provider, though it may have been refused for want of a key; null when there is no such provider.</summary>
    private Provider? ReadProvider(JobFields fields)
    {
        if (fields.Required("provider") is not { } name)
        {
            return null;
        }
        if (!ProviderNames.TryParse(name, out var provider))
        {
            fields.Refuse("provider", "The providers are openai, anthropic and gemini.");
            return null;
        }
        if (!providers.TryGet(provider, out _))
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

    private void RefuseTooManyInputs(JobFields fields, Provider provider, JobRequest request)
    {
        if (request.InputUnits > 1 && providers.TryGet(provider, out var known) && request.InputUnits > known.LimitsOf(request.Endpoint).MaxInputs)
        {
            fields.Refuse("data/input", $"A batch takes at most {known.LimitsOf(request.Endpoint).MaxInputs} inputs.");
        }
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

    private string? ReadCallbackUrl(JobFields fields)
    {
        const string name = "callback_url";
        if (fields.Text(name) is not { } text)
        {
            return null;
        }
        if (options.Callbacks is null)
        {
            fields.Refuse(name, "Callbacks need BATCH_WEBHOOK_SECRET, which is not set.");
            return null;
        }
        if (options.Callbacks.TryRead(text, out var url, out var refusal))
        {
            return url.AbsoluteUri;
        }
        fields.Refuse(name, refusal);
        return null;
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
