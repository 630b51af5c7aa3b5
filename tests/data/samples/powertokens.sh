curl --request POST \
  --url https://api.powertokens.ai/kling/v1/images/multi-image2image \
  --header 'Authorization: Bearer <token>' \
  --header 'Content-Type: application/json' \
  --data '
{
  "model_name": "kling-v2",
  "prompt": "Blend both references into one consistent illustration"
}
'
