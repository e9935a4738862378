using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>A line of the file of jobs, and its copies: a copy differs from the line at the end of its first text.</summary>
internal sealed class WorkloadLine
{
    private const string Model = "model";
    private static readonly string[] s_texts = ["content", "text", "input", "script", "video_url"];
    private readonly string _head;
    private readonly string _tail;

    public WorkloadLine(string line)
    {
        using var job = JsonDocument.Parse(line);
        Provider = job.RootElement.GetProperty("provider").GetString()!;
        IsShortForm = !job.RootElement.GetProperty("data").TryGetProperty(Model, out _);
        var end = EndOfText(Encoding.UTF8.GetBytes(line));
        (_head, _tail) = (line[..end], line[end..]);
    }

    public string Provider { get; }

    /// <summary>Whether a template of the daemon makes the request of it.</summary>
    public bool IsShortForm { get; }

    /// <summary>What is posted: the line as it is, or its copy of that number.</summary>
    public string Text(int copy) => copy == 0 ? _head + _tail : $"{_head}#{copy}{_tail}";

    /// <summary>What the simulator says when it has answered this very request; Gemini's model stands in the URL, so it is no part of it.</summary>
    public string Echo(int copy)
    {
        using var job = JsonDocument.Parse(Text(copy));
        var data = job.RootElement.GetProperty("data");
        return EchoOf(Provider == "gemini" ? Without(data, Model) : data.GetRawText());
    }

    /// <summary>The texts of the short form that its request must have.</summary>
    public IEnumerable<string> Words(int copy)
    {
        using var job = JsonDocument.Parse(Text(copy));
        return [.. job.RootElement.GetProperty("data").EnumerateObject().Select(word => word.Value.GetString()!)];
    }

    public static string EchoOf(string request) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)))[..16];

    private static string Without(JsonElement data, string name) =>
        "{" + string.Join(',', data.EnumerateObject().Where(member => member.Name != name).Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}")) + "}";

    /// <summary>Where the first text of the job ends, in characters.</summary>
    private static int EndOfText(byte[] line)
    {
        var reader = new Utf8JsonReader(line);
        var isText = false;
        while (reader.Read())
        {
            if (isText && reader.TokenType == JsonTokenType.String)
            {
                return Encoding.UTF8.GetCharCount(line, 0, (int)reader.BytesConsumed - 1);
            }
            isText = reader.TokenType == JsonTokenType.PropertyName && s_texts.Contains(reader.GetString());
        }
        throw new InvalidDataException("A job without a text can't be told from its copies.");
    }
}
